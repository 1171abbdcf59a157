/** What the pages about imports and exports ask, asked of the engine. */

import type { TransferApi } from '../../transfer/transfer-api.ts';
import type { LiveEngine } from './live-engine.ts';

export function transferApiOf(live: LiveEngine): TransferApi {
  return {
    folders: (folder) => live.ask((client) => client.projects.folders({ folder })),
    exportFormats: () => live.ask((client) => client.transfers.exportFormats()),
    survey: (source, signal) => live.ask((client) => client.transfers.survey(source, { signal })),
    check: (request, signal) => live.ask((client) => client.transfers.check(request, { signal })),
    checkExport: (request, signal) => live.ask((client) => client.transfers.checkExport(request, { signal })),
    startImport: (request) => live.ask((client) => client.transfers.startImport(request)),
    startExport: (request) => live.ask((client) => client.transfers.startExport(request)),
    stop: () => live.ask((client) => client.transfers.stop()),
    forgetUnfinished: () => live.ask((client) => client.transfers.forgetUnfinished()),
    watch: (signal) => live.ask((client) => client.transfers.watch(undefined, { signal: live.whileConnected(signal) })),
  };
}
