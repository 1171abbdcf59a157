/**
 * How the process that trains is started. What it compiles is soon done with, and what it computes lies outside V8's heap;
 * left to itself, V8 would keep 50 MB for short-lived objects as long as the process lives. Units: MB.
 */
export const CHILD_FLAGS = ['--max-semi-space-size=1'] as const;
