import type { RecapScope } from '#lib/recap/figures.ts';

interface Named {
	unit: string;
	scope: RecapScope;
	period: string;
}

/** Address of a periodic report; `part`: its PDF or spreadsheet. */
export function recapAddress({ unit, scope, period }: Named, more: Record<string, string> = {}, part = ''): string {
	const query = new URLSearchParams({ ...(scope === 'tree' ? { scope } : {}), ...more }).toString();
	return `/insight/rekap/${unit}/${period}${part && `/${part}`}${query && `?${query}`}`;
}
