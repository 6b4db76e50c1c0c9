import type { Actor } from '#lib/server/people/actor.ts';
import { holds } from '#lib/server/people/actor.ts';
import { isRootAdmin } from '#lib/server/people/administration.ts';
import type { LogEntry } from '#lib/server/people/audit-log.ts';
import { breachIds } from '#lib/server/privacy/breaches/book.ts';
import { requestIds } from '#lib/server/privacy/requests/register.ts';
import { destructionList } from '#lib/server/privacy/retention/view.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { ACCOUNT_AREAS } from '#lib/words/audit.ts';

const areaOf = ({ action }: LogEntry) => action.split('.')[0] ?? '';

/**
 * Returns a function that gives the address of the record an entry is about, if the reader may open it.
 * @param people the accounts that the reader administers
 */
export async function auditLinks(
	actor: Actor,
	entries: readonly LogEntry[],
	people: readonly { id: string; username: string }[]
): Promise<(entry: LogEntry) => string | undefined> {
	const { unitByCodeOrSlug, officerById, placeByCode } = await referenceData();
	const subjectsOf = (area: string) => entries.filter((entry) => areaOf(entry) === area).map(({ subject }) => subject);
	const [asked, breached, destroyed] = ['data_request', 'breach', 'destruction'].map(subjectsOf);
	const requests = asked?.length ? await requestIds(actor, asked) : new Map<string, string>();
	const breaches = breached?.length ? await breachIds(actor) : new Map<string, string>();
	const list = destroyed?.length && (await isRootAdmin(actor)) ? (await destructionList(actor)).list : [];
	const destructions = new Map(list.map(({ number, id }) => [number, id]));
	const accounts = new Map(people.map(({ username, id }) => [username, id]));
	const page = (folder: string, id: string | undefined) => id && `/admin/${folder}/${id}`;
	const own = (one: { id: string; unitId: string } | undefined) =>
		one && holds(actor, one.unitId, 'admin') ? one.id : undefined;
	return (entry) => {
		const { subject } = entry;
		const area = areaOf(entry);
		const unit = unitByCodeOrSlug.get(subject);
		const record = (entry.after as { record?: string } | null)?.record ?? '';
		if (area === 'unit') return page('units', unit && own({ id: subject, unitId: unit.id }));
		// The subject is a name, which several officers can have.
		if (area === 'officer') return page('officers', own(officerById.get(record)));
		if (area === 'place') return page('places', own(placeByCode.get(subject)));
		if (area === 'data_request') return page('privacy/requests', requests.get(subject));
		if (area === 'breach') return page('privacy/breaches', breaches.get(subject));
		if (area === 'destruction') return page('privacy/retention', destructions.get(subject));
		return ACCOUNT_AREAS.includes(area) ? page('people', accounts.get(subject)) : undefined;
	};
}
