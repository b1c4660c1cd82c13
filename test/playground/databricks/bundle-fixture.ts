// A small bundle: a Python notebook, a Jupyter notebook, a SQL notebook and a plain Python file in one job, beside a pipeline and a dashboard; grants in prod.

const NOTEBOOK = {
  cells: [{ cell_type: 'code', metadata: {}, source: ['print(1)'], outputs: [], execution_count: null }],
  metadata: {},
  nbformat: 4,
  nbformat_minor: 0,
};

export const SMALL_BUNDLE: Readonly<Record<string, string>> = {
  'databricks.yml': `bundle:
  name: small
  engine: direct
include:
  - resources/small.job.yml
  - resources/tables.yml
targets:
  dev:
    mode: development
    default: true
  prod:
    mode: production
    workspace:
      root_path: /Workspace/Users/\${workspace.current_user.userName}/.bundle/\${bundle.name}/\${bundle.target}
    permissions:
      - level: CAN_VIEW
        group_name: users
      - level: CAN_MANAGE
        user_name: \${workspace.current_user.userName}
`,
  'resources/small.job.yml': `resources:
  jobs:
    small:
      name: Small
      tags:
        team: test
      tasks:
        - task_key: load
          notebook_task:
            notebook_path: ../src/load.py
          new_cluster:
            spark_version: 16.4.x-scala2.12
            node_type_id: i3.xlarge
            num_workers: 1
        - task_key: model
          depends_on:
            - task_key: load
          notebook_task:
            notebook_path: ../src/model.ipynb
        - task_key: report
          notebook_task:
            notebook_path: ../src/report.sql
            warehouse_id: 4fe75792cd0d304c
        - task_key: send
          spark_python_task:
            python_file: ../src/send.py
          environment_key: default
      environments:
        - environment_key: default
          spec:
            environment_version: "3"
`,
  'resources/tables.yml': `resources:
  pipelines:
    tables:
      name: Small tables
      catalog: main
      schema: small
      serverless: true
      libraries:
        - notebook:
            path: ../src/load.py
  dashboards:
    board:
      display_name: Small board
      warehouse_id: 4fe75792cd0d304c
      file_path: ../src/board.lvdash.json
`,
  'src/board.lvdash.json': '{"pages":[{"name":"one","displayName":"One"}]}\n',
  'src/load.py': '# Databricks notebook source\nprint("load")\n',
  'src/model.ipynb': `${JSON.stringify(NOTEBOOK)}\n`,
  'src/report.sql': '-- Databricks notebook source\nSELECT 1\n',
  'src/send.py': 'print("send")\n',
};

/** One job that already exists, described again: what `bind` adopts. */
export const ADOPTING_BUNDLE: Readonly<Record<string, string>> = {
  'databricks.yml': `bundle:
  name: adopting
  engine: direct
resources:
  jobs:
    adopted:
      name: Adopted
      tasks:
        - task_key: only
          notebook_task:
            notebook_path: src/only.py
targets:
  prod:
    mode: production
    workspace:
      root_path: /Workspace/Users/\${workspace.current_user.userName}/.bundle/\${bundle.name}/\${bundle.target}
`,
  'src/only.py': '# Databricks notebook source\nprint("only")\n',
};
