import { messageOf } from '../../../preload/contract/errors.ts';
import type { LabelApi } from '../label-api.ts';
import type { LabelSession } from '../session.ts';

/** Puts the objects of another image, where there is one, on this one. */
export async function bring(api: LabelApi, asked: Promise<number | null>, session: LabelSession): Promise<void> {
  const leave = new AbortController();
  try {
    const from = await asked;
    if (from === null) return session.say('There is no image before this one.');
    for await (const event of await api.watch(from, leave.signal)) {
      if (event.type === 'document') session.paste(event.document.annotations, 0);
      return;
    }
  } catch (error) {
    session.say(messageOf(error));
  } finally {
    leave.abort();
  }
}
