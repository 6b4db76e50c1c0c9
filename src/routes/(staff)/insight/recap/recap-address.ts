import { withQuery } from '#lib/text/with-query.ts';
import type { RecapScope } from '#lib/recap/figures.ts';

interface Named {
	unit: string;
	scope: RecapScope;
	period: string;
}

/** Address of a periodic report; `part`: `pdf` or `excel` for its file. */
export function recapAddress({ unit, scope, period }: Named, more: Record<string, string> = {}, part = ''): string {
	const path = `/insight/recap/${unit}/${period}${part && `/${part}`}`;
	return withQuery(path, { scope: scope === 'tree' ? scope : undefined, ...more });
}
