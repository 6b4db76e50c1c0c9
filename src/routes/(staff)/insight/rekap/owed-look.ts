import { m } from '#lib/paraglide/messages.js';
import type { OwedRecap } from '#lib/server/recap/filings.ts';
import type { Look } from '#lib/ui/content/shapes.ts';

export function owedLook({ filed, overdue }: OwedRecap): Look & { text: string } {
	if (filed) {
		const text = filed.version > 1 ? m.rekap_corrected({ n: filed.version - 1 }) : m.rekap_filed();
		return { tone: 'good', shape: 'check', text };
	}
	if (overdue) return { tone: 'danger', shape: 'stop', text: m.rekap_overdue() };
	return { tone: 'neutral', shape: 'clock', text: m.rekap_not_filed() };
}
