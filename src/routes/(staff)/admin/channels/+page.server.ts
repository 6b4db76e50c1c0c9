import { connectionsOf, pauseConnection } from '#lib/server/channels/connections/connections.ts';
import { changeThenOpen, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor) => {
	const offices = await connectionsOf(actor);
	return {
		offices: offices.map(({ unit, connections }) => ({
			...{
				code: unit.code,
				name: unit.name,
				zone: unit.timeZone,
				opened: unit.state === 'open' || unit.state === 'closed'
			},
			connections
		}))
	};
});

const pausing = (paused: boolean) =>
	changeThenOpen((actor, data) => pauseConnection(actor, String(data.id), paused), '/admin/channels?saved');

export const actions = { pause: pausing(true), resume: pausing(false) };
