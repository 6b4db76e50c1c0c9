/** What a status name of LAPOR can mean to us, in the order a report passes through them. */
export const LAPOR_STATUSES = [
	'unverified',
	'verified',
	'in_process',
	/** The service waits for data; no clock of ours moves. */
	'postponed',
	'finished',
	'archived',
	'refused'
] as const;
export type LaporStatus = (typeof LAPOR_STATUSES)[number];

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

/** A status name as it is compared: case and spaces don't matter. */
export const statusKey = (name: string): string => name.trim().replace(/\s+/g, ' ').toLowerCase();

/** Whether a report has that status already, however it is spelt. */
export const isSameStatus = (present: string | null, name: string): boolean =>
	present !== null && statusKey(present) === statusKey(name);

/** The meaning of a status name; undefined if it isn't known, and then nobody guesses. Case and spaces don't matter. */
export function laporStatus(name: string): LaporStatus | undefined {
	const key = statusKey(name);
	return Object.hasOwn(NAMES, key) ? NAMES[key] : undefined;
}

/** Whether nothing more is expected from LAPOR. */
export const isFinalAtLapor = (status: LaporStatus): boolean =>
	status === 'finished' || status === 'archived' || status === 'refused';
