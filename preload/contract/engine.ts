/** Who answers at the other end, so that a window and an engine of different versions refuse each other by name. */

import { z } from 'zod';

export const EngineInfo = z.object({
  /** Grows by one with every change that an older window or engine would misread. */
  contract_version: z.int().positive(),
  lightbench_version: z.string(),
  node_version: z.string(),
  /** `linux-x64`, as Node spells it. */
  platform: z.string(),
});
export type EngineInfo = z.infer<typeof EngineInfo>;
