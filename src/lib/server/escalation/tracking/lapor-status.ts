/** Meanings of LAPOR's status names, in the order of a report's life. */
export const LAPOR_STATUSES = [
	'unverified',
	'verified',
	'in_process',
	/** LAPOR waits for data. Our deadlines do not change. */
	'postponed',
	'finished',
	'archived',
	'refused'
] as const;
export type LaporStatus = (typeof LAPOR_STATUSES)[number];

const MEANINGS = {
	'Belum Terverifikasi': 'unverified',
	Terverifikasi: 'verified',
	'Dalam Proses': 'in_process',
	Ditunda: 'postponed',
	Selesai: 'finished',
	Diarsipkan: 'archived',
	Ditolak: 'refused'
} as const satisfies Record<string, LaporStatus>;

/** LAPOR's names in the order of a report's life: the choices for entering a status by hand. */
export const LAPOR_STATUS_NAMES = Object.keys(MEANINGS) as (keyof typeof MEANINGS)[];

/** Normalises a status name for comparison, so that case and spaces don't matter. */
export const statusKey = (name: string): string => name.trim().replace(/\s+/g, ' ').toLowerCase();

export const isSameStatus = (present: string | null, name: string): boolean =>
	present !== null && statusKey(present) === statusKey(name);

/** A known status name in the usual spelling, because gateways differ in case and spaces. Any other name as LAPOR wrote it. */
export const spelledStatus = (name: string): string =>
	LAPOR_STATUS_NAMES.find((one) => isSameStatus(one, name)) ?? name.trim();

/** The built-in meaning of a status name; undefined if the name isn't known. */
export function laporStatus(name: string): LaporStatus | undefined {
	const builtIn = LAPOR_STATUS_NAMES.find((one) => isSameStatus(one, name));
	return builtIn && MEANINGS[builtIn];
}

/** Whether nothing more is expected from LAPOR. */
export const isFinalAtLapor = (status: LaporStatus): boolean =>
	status === 'finished' || status === 'archived' || status === 'refused';
