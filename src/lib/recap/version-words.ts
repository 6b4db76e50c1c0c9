import { m } from '#lib/paraglide/messages.js';

/** The first filing, or which correction of it. */
export const versionWord = (version: number): string =>
	version > 1 ? m.rekap_version_n({ n: version - 1 }) : m.rekap_version_first();
