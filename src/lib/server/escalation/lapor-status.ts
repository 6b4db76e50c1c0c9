/** What a status name of LAPOR means to us. */
export type LaporStatus =
	| 'unverified'
	| 'verified'
	| 'in_process'
	| 'finished'
	| 'archived'
	| 'refused'
	/** The service waits for data; no clock of ours moves. */
	| 'postponed';

const NAMES: Readonly<Record<string, LaporStatus>> = {
	'belum terverifikasi': 'unverified',
	terverifikasi: 'verified',
	'dalam proses': 'in_process',
	selesai: 'finished',
	diarsipkan: 'archived',
	ditolak: 'refused',
	ditunda: 'postponed'
};

/** Names as LAPOR writes them, in the order a report passes through them: choices for entering a status by hand. */
export const LAPOR_STATUS_NAMES = [
	'Belum Terverifikasi',
	'Terverifikasi',
	'Dalam Proses',
	'Ditunda',
	'Selesai',
	'Diarsipkan',
	'Ditolak'
] as const;

/** The meaning of a status name; undefined where it isn't known, and then nobody guesses. Case and spaces don't matter. */
export function laporStatus(name: string): LaporStatus | undefined {
	const key = name.trim().replace(/\s+/g, ' ').toLowerCase();
	return Object.hasOwn(NAMES, key) ? NAMES[key] : undefined;
}

/** Whether nothing more is expected from LAPOR. */
export const isFinalAtLapor = (status: LaporStatus): boolean =>
	status === 'finished' || status === 'archived' || status === 'refused';
