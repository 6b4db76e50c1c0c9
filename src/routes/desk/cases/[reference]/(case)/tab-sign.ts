/** A name for this tab. */
export const newTab = (): string => crypto.randomUUID?.() ?? madeUp();

/** A page that did not come by https is given no ids by its browser. */
function madeUp(): string {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
	bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
	const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
	return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** The form by which a tab says that it shows a case, up to the entry with that number. */
export function signOf(tab: string, seq: number, leaving = false): URLSearchParams {
	return new URLSearchParams({ tab, seq: String(seq), ...(leaving ? { leaving: '1' } : {}) });
}
