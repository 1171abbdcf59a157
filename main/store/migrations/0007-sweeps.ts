/**
 * Sweeps and their trials; a trial is a run with the hyperparameters that the sweep drew for it.
 * source_text: the file as it was given; plan_json: what was read from it, grown by trials that were added.
 * devices_json: where trials may run. active_ms: for how long trials were run, over all sittings.
 * configuration_json: what was drawn. run_id: NULL where that could not be trained. attempts: how often it was begun.
 * decision_json: what the policy said of it last.
 */

import type { Migration } from './migrations.ts';

export const sweeps: Migration = {
  name: '0007-sweeps',
  sql: `
    CREATE TABLE sweeps (
      id TEXT PRIMARY KEY,
      number INTEGER NOT NULL UNIQUE,
      state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'paused', 'interrupted', 'stopped', 'completed')),
      reason TEXT,
      source_text TEXT NOT NULL,
      plan_json TEXT NOT NULL CHECK (json_valid(plan_json)),
      devices_json TEXT NOT NULL CHECK (json_valid(devices_json)),
      primary_metric TEXT NOT NULL,
      active_ms INTEGER NOT NULL DEFAULT 0,
      created_at_ms INTEGER NOT NULL,
      started_at_ms INTEGER,
      finished_at_ms INTEGER
    ) STRICT;

    CREATE TABLE trials (
      sweep_id TEXT NOT NULL REFERENCES sweeps (id) ON DELETE CASCADE,
      number INTEGER NOT NULL CHECK (number > 0),
      state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'completed', 'stopped', 'cancelled', 'failed')),
      reason TEXT,
      run_id TEXT UNIQUE REFERENCES runs (id),
      configuration_json TEXT NOT NULL CHECK (json_valid(configuration_json)),
      attempts INTEGER NOT NULL DEFAULT 0,
      decision_json TEXT CHECK (json_valid(decision_json)),
      created_at_ms INTEGER NOT NULL,
      started_at_ms INTEGER,
      finished_at_ms INTEGER,
      PRIMARY KEY (sweep_id, number)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX trials_by_state ON trials (sweep_id, state, number);
  `,
};
