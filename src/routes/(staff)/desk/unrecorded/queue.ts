import { withQuery } from '#lib/text/with-query.ts';
import type { UnrecordedFilter, UnrecordedView } from '#lib/server/escalation/unrecorded.ts';

/** Name of the list in an address: `duty`, `choice` (see `UnrecordedView`), or with an office code `duty.1203`. */
function queueName({ view, unit }: UnrecordedFilter): string {
	return unit ? `${view}.${unit}` : view;
}

/** The list that the person works through, from the address; undefined without one. */
export function readQueue(url: URL): UnrecordedFilter | undefined {
	const [, view, unit] = /^(duty|choice)(?:\.(\d{4}))?$/.exec(url.searchParams.get('queue') ?? '') ?? [];
	if (!view) return undefined;
	return { view: view as UnrecordedView, unit };
}

/** Address of the list. It names the view: without one the page chooses a view. */
export const unrecordedAddress = ({ view, unit }: UnrecordedFilter, cursor?: string) =>
	withQuery('/desk/unrecorded', { view, unit, cursor });

/** Address of the page on which a case of the list is checked before it is forwarded. */
export const checkAddress = (filter: UnrecordedFilter, reference: string): string =>
	`/desk/cases/${reference}/escalation?queue=${queueName(filter)}`;

/** Address that redirects to the case after this one in the list; `done`: the outcome for this one. */
export const nextAddress = (filter: UnrecordedFilter, reference: string, done?: 'forwarded' | 'found'): string =>
	`/desk/unrecorded/next?queue=${queueName(filter)}&after=${reference}${done ? `&done=${done}` : ''}`;

/** Parameter with the current list, to append to an address; empty without a list. */
export function queueParameter(url: URL): string {
	const filter = readQueue(url);
	return filter ? `&queue=${queueName(filter)}` : '';
}
