// The bundle that planted changes are made to: two jobs, a cluster, grants, a pipeline, paused in dev.
export const TREE: Readonly<Record<string, string>> = {
  'databricks.yml': `bundle:
  name: planted
  engine: direct
include:
  - resources/all.yml
targets:
  dev:
    mode: development
    default: true
    resources:
      jobs:
        load:
          schedule:
            pause_status: PAUSED
  prod:
    mode: production
    workspace:
      root_path: /Workspace/Users/\${workspace.current_user.userName}/.bundle/\${bundle.name}/\${bundle.target}
    run_as:
      user_name: ana@acme.example
    resources:
      jobs:
        load:
          permissions:
            - level: CAN_VIEW
              group_name: data
`,
  'resources/all.yml': `resources:
  jobs:
    load:
      name: Load
      description: loads
      schedule:
        quartz_cron_expression: 0 0 6 * * ?
        timezone_id: UTC
        pause_status: PAUSED
      parameters:
        - name: day
          default: today
      job_clusters:
        - job_cluster_key: main
          new_cluster:
            spark_version: 15.4.x-scala2.12
            node_type_id: i3.xlarge
            num_workers: 2
            spark_conf:
              spark.speculation: "true"
      environments:
        - environment_key: default
          spec:
            environment_version: "2"
            dependencies:
              - pandas==2.2.0
      tasks:
        - task_key: load
          job_cluster_key: main
          notebook_task:
            notebook_path: ../src/load.py
        - task_key: report
          environment_key: default
          spark_python_task:
            python_file: ../src/report.py
    clean:
      name: Clean
      schedule:
        quartz_cron_expression: 0 0 7 * * ?
        timezone_id: UTC
      tasks:
        - task_key: clean
          job_cluster_key: main
          notebook_task:
            notebook_path: ../src/load.py
      job_clusters:
        - job_cluster_key: main
          new_cluster:
            spark_version: 15.4.x-scala2.12
            node_type_id: i3.xlarge
            num_workers: 2
  pipelines:
    flow:
      name: Flow
      storage: dbfs:/flow
      clusters:
        - label: default
          num_workers: 1
      libraries:
        - notebook:
            path: ../src/load.py
`,
  'src/load.py': '# Databricks notebook source\nprint("load")\n',
  'src/report.py': 'print("report")\n',
};
