import { ESCALATION_STATES } from '#lib/cases/vocabulary.ts';
import { now } from '#lib/server/clock.ts';
import { connectionState } from '#lib/server/escalation/connection.ts';
import { escalationCounts, firstZone, listEscalations } from '#lib/server/escalation/list.ts';
import { escalationSummary } from '#lib/server/escalation/view.ts';
import { asPage } from '#lib/server/web/answers.ts';
import { signedIn } from '#lib/server/web/signed-in.ts';

export const load = ({ locals, url }) =>
	asPage(async () => {
		const actor = signedIn(locals);
		const state = ESCALATION_STATES.find((one) => one === url.searchParams.get('state'));
		const view = url.searchParams.get('view');
		const filter = { state, todo: view === 'todo', quiet: view === 'quiet' };
		const [page, counts, connection, zone] = await Promise.all([
			listEscalations(actor, filter, url.searchParams.get('cursor') ?? undefined),
			escalationCounts(actor),
			connectionState(),
			firstZone()
		]);
		const { halt, open } = connection;
		return {
			filter,
			counts,
			items: page.items.map(({ escalation, case: about, unit }) => ({
				forward: escalationSummary(escalation, halt),
				about,
				unit
			})),
			nextCursor: page.nextCursor,
			connection: {
				haltedAt: halt?.at ?? null,
				haltReason: halt?.reason ?? null,
				createOpen: open.find(({ endpoint }) => endpoint === 'create')?.until ?? null
			},
			mayTest: actor.units.admin.length > 0,
			zone,
			now: now()
		};
	});
