import { m } from '#lib/paraglide/messages.js';

/** Words for the code of a connection's error. A channel's own words are shown as they came. */
export function connectionFault(error: string): string {
	const [, code] = /^code_(\d+)$/.exec(error) ?? [];
	if (code) return m.channels_fault_code({ code });
	const words = m as unknown as Record<string, (() => string) | undefined>;
	return words[`channels_fault_${error}`]?.() ?? error;
}
