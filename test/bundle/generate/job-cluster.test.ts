// An all-purpose cluster as a job's new_cluster: what stays, what goes and why.
import { expect, test } from 'vitest';
import { jobCluster } from '../../../src/bundle/generate/job-cluster.ts';

const OWN = {
  spark_version: '16.4.x-scala2.12',
  node_type_id: 'i3.xlarge',
  autoscale: { min_workers: 1, max_workers: 4 },
  spark_conf: { 'spark.sql.shuffle.partitions': '64' },
  data_security_mode: 'SINGLE_USER',
};
const OF_PEOPLE = { cluster_name: 'Mine', autotermination_minutes: 30, single_user_name: 'ana@acme.example' };
const OF_THE_SERVER = { cluster_id: '0101-000000-x', state: 'RUNNING', driver: { public_dns: '' }, default_tags: { Vendor: 'Databricks' } };

test('what describes the machines stays to the letter, what only the server writes goes', () => {
  const made = jobCluster({ ...OF_THE_SERVER, ...OF_PEOPLE, ...OWN, custom_tags: {}, ssh_public_keys: [], policy_id: null });
  expect(made.cluster).toEqual(OWN);
  expect(made.dropped.map(({ field }) => field)).toEqual(['cluster_name', 'autotermination_minutes', 'single_user_name']);
  expect(made.serverOnly).toEqual(['cluster_id', 'default_tags', 'driver', 'state']);
});

test('where the API says what the owner asked for, the server’s additions beside it are left out', () => {
  const made = jobCluster({ ...OF_THE_SERVER, ...OWN, enable_elastic_disk: true, aws_attributes: { zone_id: 'us-west-2a' }, spec: OWN });
  expect(made.cluster).toEqual(OWN);
  expect(made.serverOnly).toContain('driver');
});

test('a single node keeps its zero workers', () => {
  expect(jobCluster({ num_workers: 0, enable_elastic_disk: false }).cluster).toEqual({ num_workers: 0, enable_elastic_disk: false });
});
