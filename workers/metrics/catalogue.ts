/**
 * Every metric of ours, in one place: what is not named here cannot be told. Names and units as Prometheus wants them: seconds,
 * bytes, moments as Unix time (an age is `time()` minus it, so that a value is never older than it looks). No label has a value
 * that grows without end: names of the plan, procedures, states; never an id of a run or of an incident.
 */
interface Definition {
  kind: 'gauge' | 'counter';
  help: string;
  labels: readonly string[];
}

const define = <const D extends Record<string, Definition>>(definitions: D): D => definitions;

export const metrics = define({
  dr_up: {
    kind: 'gauge',
    help: 'Whether a source has answered in time: 1 or 0. Where it is 0 nothing else of that source is told.',
    labels: ['source', 'target'],
  },

  // Control worker: runs, from Temporal.
  dr_runs: {
    kind: 'gauge',
    help: 'Runs that are open now, by the state they tell.',
    labels: ['procedure', 'state', 'drill'],
  },
  dr_runs_ended_last_day: {
    kind: 'gauge',
    help: 'Runs that ended within the last 24 hours (the newest 1000 at most), by how they ended and their verdict.',
    labels: ['procedure', 'state', 'verdict', 'drill'],
  },
  dr_run_last_ended_timestamp_seconds: {
    kind: 'gauge',
    help: 'When the last run of these labels ended, of those that ended within the last 24 hours.',
    labels: ['procedure', 'state', 'verdict', 'drill'],
  },
  dr_gates_open: {
    kind: 'gauge',
    help: 'Gates that wait for an approval.',
    labels: ['procedure', 'gate'],
  },
  dr_gate_oldest_opened_timestamp_seconds: {
    kind: 'gauge',
    help: 'When the gate that has waited longest for its approval was opened.',
    labels: ['procedure', 'gate'],
  },
  dr_runs_unanswered: {
    kind: 'gauge',
    help: 'Runs that wait for an approval and did not say for which: they did not answer a query in time.',
    labels: ['procedure'],
  },

  // Control worker: how recoveries and tests went, from their reports.
  dr_recovery_last_duration_seconds: {
    kind: 'gauge',
    help: 'From the declaration to the verified recovery, of the last run that verified one: what is held against the RTO.',
    labels: ['procedure', 'drill'],
  },
  dr_recovery_last_machine_seconds: {
    kind: 'gauge',
    help: 'The same without the time in which the run waited for people.',
    labels: ['procedure', 'drill'],
  },
  dr_recovery_last_data_loss_seconds: {
    kind: 'gauge',
    help: 'Window of lost commits of that run, where it was measured: what is held against the RPO.',
    labels: ['procedure', 'drill'],
  },
  dr_recovery_last_verified_timestamp_seconds: {
    kind: 'gauge',
    help: 'When that run verified its recovery.',
    labels: ['procedure', 'drill'],
  },
  dr_test_last_ended_timestamp_seconds: {
    kind: 'gauge',
    help: 'When the last test ended, passed or not. 0: the plan has it run by the clock, and it never has.',
    labels: ['procedure'],
  },
  dr_test_last_passed_timestamp_seconds: {
    kind: 'gauge',
    help: 'When the last test that passed ended. 0: the plan has it run by the clock, and it never passed.',
    labels: ['procedure'],
  },
  dr_test_last_passed: {
    kind: 'gauge',
    help: 'Whether the last test passed: 1 or 0.',
    labels: ['procedure'],
  },
  dr_test_score_ratio: {
    kind: 'gauge',
    help: 'Criteria that the last test met, of all it was judged by, from 0 to 1; those that judge its time included.',
    labels: ['procedure'],
  },
  dr_ready: {
    kind: 'gauge',
    help: 'Whether the last readiness check found everything there: 1 or 0.',
    labels: [],
  },
  dr_readiness_checked_timestamp_seconds: {
    kind: 'gauge',
    help: 'When the last readiness check that went through ended.',
    labels: [],
  },

  // Control worker: what the plan demands.
  dr_objective_rto_seconds: {
    kind: 'gauge',
    help: 'Recovery time that the plan demands.',
    labels: ['resource'],
  },
  dr_objective_rpo_seconds: {
    kind: 'gauge',
    help: 'Largest loss of data that the plan allows.',
    labels: ['resource'],
  },

  // Site worker: backups.
  dr_backup_last_completed_timestamp_seconds: {
    kind: 'gauge',
    help: 'When the newest finished backup without an error was completed; a fuller one than this type counts, too. 0: the plan demands one, and there is none.',
    labels: ['resource', 'type'],
  },
  dr_backup_last_size_bytes: {
    kind: 'gauge',
    help: 'What the newest backup of just this type takes where it is kept.',
    labels: ['resource', 'type'],
  },
  dr_backup_max_age_seconds: {
    kind: 'gauge',
    help: "Oldest that the newest backup may become: the longest pause of the plan's cron line and a twelfth of it, half an hour at least.",
    labels: ['resource', 'type'],
  },

  // Site worker: servers of a database.
  dr_database_in_recovery: {
    kind: 'gauge',
    help: 'Whether a server replays WAL: 1 is a standby, 0 a primary.',
    labels: ['resource', 'server'],
  },
  dr_archive_last_archived_timestamp_seconds: {
    kind: 'gauge',
    help: 'When a primary archived a WAL segment last. 0: not since its statistics were reset.',
    labels: ['resource', 'server'],
  },
  dr_archive_last_failed_timestamp_seconds: {
    kind: 'gauge',
    help: 'When archiving of a WAL segment failed last. 0: not since its statistics were reset.',
    labels: ['resource', 'server'],
  },
  dr_archive_ready_segments: {
    kind: 'gauge',
    help: 'WAL segments that wait to be archived: `.ready` files.',
    labels: ['resource', 'server'],
  },
  dr_archive_archived_total: {
    kind: 'counter',
    help: 'WAL segments archived since the statistics of the server were reset.',
    labels: ['resource', 'server'],
  },
  dr_archive_failed_total: {
    kind: 'counter',
    help: 'Tries to archive a WAL segment that failed, since the statistics of the server were reset.',
    labels: ['resource', 'server'],
  },
  dr_replication_streaming: {
    kind: 'gauge',
    help: 'Whether a standby of the plan streams from this primary: 1 or 0.',
    labels: ['resource', 'server', 'standby'],
  },
  dr_replication_lag_seconds: {
    kind: 'gauge',
    help: 'How long WAL of this primary takes until the standby has replayed it; only while it streams.',
    labels: ['resource', 'server', 'standby'],
  },
  dr_replication_lag_bytes: {
    kind: 'gauge',
    help: 'WAL of this primary that the standby has not replayed yet; only while it streams.',
    labels: ['resource', 'server', 'standby'],
  },

  // Site worker: certificates.
  dr_certificate_expiry_timestamp_seconds: {
    kind: 'gauge',
    help: 'When the certificate of the gateway expires: of those with a key the one that is valid longest.',
    labels: ['name'],
  },
  dr_certificate_valid: {
    kind: 'gauge',
    help: 'Whether there is a certificate with its key that can be served now under the public name: 1 or 0.',
    labels: ['name'],
  },
});

export type MetricName = keyof typeof metrics;
/** What each label of a metric is given. */
export type LabelsOf<N extends MetricName> = Record<(typeof metrics)[N]['labels'][number], string>;

/**
 * Metrics of Temporal's SDK that the alerts and the dashboard use (docs.temporal.io, "SDK metrics"); there are more. They stand
 * in the same answer.
 */
export const sdkMetrics = [
  'temporal_workflow_task_execution_failed',
  'temporal_activity_execution_failed',
  'temporal_activity_schedule_to_start_latency_bucket',
  'temporal_worker_task_slots_available',
] as const;

/** Of Prometheus itself: whether an endpoint answered. */
export const scrapeMetric = 'up';
