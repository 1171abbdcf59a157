/** The JSON Schema of a sweep file, for editors that complete and check YAML. */

import { z } from 'zod';
import { SweepFile } from '../../preload/contract/sweep-file.ts';

export const sweepSchema = (): string => `${JSON.stringify(z.toJSONSchema(SweepFile, { io: 'input' }), null, 2)}\n`;
