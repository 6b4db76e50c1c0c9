import { connectionsOf, pauseConnection } from '#lib/server/channels/connections/connections.ts';
import { hasOpened } from '#lib/server/people/units/find-unit.ts';
import { changeThenOpen, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor) => {
	const offices = await connectionsOf(actor);
	return {
		offices: offices.map(({ unit, connections }) => ({
			code: unit.code,
			name: unit.name,
			zone: unit.timeZone,
			opened: hasOpened(unit),
			connections
		}))
	};
});

const pausing = (paused: boolean) =>
	changeThenOpen((actor, data) => pauseConnection(actor, String(data.id), paused), '/admin/channels?saved');

export const actions = { pause: pausing(true), resume: pausing(false) };
