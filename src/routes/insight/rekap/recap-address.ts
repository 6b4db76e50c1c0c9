import type { RecapScope } from '#lib/recap/figures.ts';

interface Named {
	unit: string;
	scope: RecapScope;
	period: string;
}

/** Where a periodic report stands; `part`: its PDF or its spreadsheet. */
export function recapAddress({ unit, scope, period }: Named, more: Record<string, string> = {}, part = ''): string {
	const query = new URLSearchParams({ ...(scope === 'tree' ? { scope } : {}), ...more }).toString();
	return `/insight/rekap/${unit}/${period}${part && `/${part}`}${query && `?${query}`}`;
}
