import type { FigureChoice } from '#lib/cases/figure-query.ts';
import { inboxAddress, WHOLE_INBOX, type InboxChoice } from '#lib/cases/inbox-query.ts';
import type { ServiceKind } from '#lib/cases/vocabulary.ts';

interface Query {
	unit: string;
	scope: 'own' | 'tree';
	service?: ServiceKind | undefined;
	from: string;
	to: string;
}
export type Behind = Partial<FigureChoice> & Partial<Pick<InboxChoice, 'status' | 'kind' | 'unit'>>;

/** Where the reports that a figure counts are listed. */
export function casesBehind(query: Query, { status, kind, unit, ...figure }: Behind = {}): string {
	return inboxAddress({
		...WHOLE_INBOX,
		status: status ?? 'all',
		...(kind ? { kind } : {}),
		unit: unit ?? query.unit,
		figure: {
			by: 'received',
			from: query.from,
			to: query.to,
			...(query.scope === 'tree' && unit === undefined ? { tree: true } : {}),
			...(query.service ? { service: query.service } : {}),
			...figure
		}
	});
}
