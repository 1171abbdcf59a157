import { expect, test, vi } from 'vitest';
import { eachCase } from '../../../build/bench/attempts.ts';
import { Contender } from '../../../build/bench/contender.ts';

const CASES = ['first', 'broken', 'absent', 'last'].map((name) => ({ name }));

test('a case that fails is told and costs no other its row', async () => {
  const complaint = vi.spyOn(console, 'error').mockImplementation(() => {});
  const seen: string[] = [];
  const measure = async ({ name }: { name: string }) => {
    if (name === 'broken') throw new Error('out of memory');
    return name === 'absent' ? null : name.toUpperCase();
  };

  const { rows, failures } = await eachCase(CASES, measure, (row) => seen.push(row));

  expect(rows).toEqual(['FIRST', 'LAST']);
  expect(seen).toEqual(rows);
  expect(failures).toEqual(['broken: out of memory']);
  expect(complaint).toHaveBeenCalledWith('failed: broken: out of memory');
  complaint.mockRestore();
});

test('a program that cannot start, or ends, is an error of whoever asks it', async () => {
  const complaint = vi.spyOn(console, 'error').mockImplementation(() => {});
  const absent = new Contender('absent', '/nowhere/program', [], {});
  const brief = new Contender('brief', process.execPath, ['-e', ''], {});

  await expect(absent.ask('go')).rejects.toThrow('absent: the program ended instead of answering "go"');
  await expect(brief.ask('go')).rejects.toThrow('brief: the program ended');
  await expect(brief.ask('go')).rejects.toThrow('brief: the program ended');
  complaint.mockRestore();
});
