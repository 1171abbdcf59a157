/**
 * Switches inside the Electron program that a release sets for good: what nobody needs of a finished app, an attacker has
 * no use of. Source: https://www.electronjs.org/docs/latest/tutorial/fuses
 */

import { FuseState, FuseV1Options, FuseVersion, flipFuses, getCurrentFuseWire } from '@electron/fuses';

type Fuse = keyof typeof FuseV1Options;

/** As a release has them. Every fuse of the pinned Electron must be named here: a check of `setReleaseFuses`. */
export const RELEASE_FUSES: { readonly [F in Fuse]: boolean } = {
  RunAsNode: false, // ELECTRON_RUN_AS_NODE would make a Node of the app, with its signature
  EnableCookieEncryption: true,
  EnableNodeOptionsEnvironmentVariable: false, // NODE_OPTIONS and NODE_EXTRA_CA_CERTS
  EnableNodeCliInspectArguments: false, // --inspect, by which any program of the user could take the app over
  EnableEmbeddedAsarIntegrityValidation: true, // macOS and Windows; without effect on Linux
  OnlyLoadAppFromAsar: true,
  LoadBrowserProcessSpecificV8Snapshot: false, // there is none
  GrantFileProtocolExtraPrivileges: false, // pages come by a scheme of their own
  WasmTrapHandlers: true, // as Chromium has them: bounds are checked by hardware
};

/**
 * Sets them in a copy of Electron's program. A runtime older than some fuse has no such switch, and is left without it.
 * Errors: Error when the program has no fuses, or more of them than are named above.
 */
export async function setReleaseFuses(executable: string): Promise<void> {
  const wire = await getCurrentFuseWire(executable);
  const has = ([fuse]: [string, boolean]) => FuseV1Options[fuse as Fuse] in wire;
  const settings = Object.entries(RELEASE_FUSES).filter(has);
  const known = settings.map(([fuse, isOn]) => [FuseV1Options[fuse as Fuse], isOn]);
  const unknown = Object.keys(wire).filter((key) => key !== 'version' && FuseV1Options[Number(key)] === undefined);
  if (unknown.length > 0)
    throw new Error(`fuses: ${executable} has fuses that nobody decided on: ${unknown.join(', ')}`);
  await flipFuses(executable, { version: FuseVersion.V1, ...Object.fromEntries(known) });
}

/** The fuses of a program as they are; those that it does not have are left out. */
export async function readFuses(executable: string): Promise<Partial<Record<Fuse, boolean>>> {
  const wire = await getCurrentFuseWire(executable);
  const states = Object.entries(wire).filter(([key]) => key !== 'version');
  return Object.fromEntries(states.map(([key, state]) => [FuseV1Options[Number(key)], state === FuseState.ENABLE]));
}
