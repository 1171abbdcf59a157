/** The number both sides of the contract compare at connect; see `EngineInfo.contract_version`. */
export const CONTRACT_VERSION = 16;
