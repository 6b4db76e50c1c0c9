import { now } from '#lib/server/clock.ts';
import { connectionState } from '#lib/server/escalation/connection/connection.ts';
import { escalationCounts, listEscalations, quietSince } from '#lib/server/escalation/list.ts';
import { countNamesToMap } from '#lib/server/escalation/tracking/unknown-status-names.ts';
import { escalationSummary, isQuiet } from '#lib/server/escalation/view.ts';
import { isRootAdmin } from '#lib/server/people/administration.ts';
import { firstZone } from '#lib/server/people/units/find-unit.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import { escalationFilter } from '#lib/server/web/filters/list-filters.ts';

export const load = withActor(async (actor, { url }) => {
	const filter = escalationFilter(url.searchParams);
	const [page, counts, connection, zone, since] = await Promise.all([
		listEscalations(actor, filter, url.searchParams.get('cursor') ?? undefined),
		escalationCounts(actor),
		connectionState(),
		firstZone(),
		quietSince()
	]);
	const { halt, open } = connection;
	return {
		filter,
		counts,
		items: page.items.map(({ escalation, case: caseInfo, unit }) => ({
			forward: escalationSummary(escalation, caseInfo.processingRestricted, halt),
			quiet: !caseInfo.destroyedAt && isQuiet(escalation, since),
			caseInfo,
			unit
		})),
		nextCursor: page.nextCursor,
		connection: {
			haltedAt: halt?.at ?? null,
			haltReason: halt?.reason ?? null,
			createPausedUntil: open.find(({ endpoint }) => endpoint === 'create')?.until ?? null
		},
		/** Number of LAPOR status names without a meaning; 0 for people who may not set it. */
		unmappedStatusNames: (await isRootAdmin(actor)) ? await countNamesToMap() : 0,
		administers: actor.units.admin.length > 0,
		zone,
		now: now()
	};
});
