import { connectionsOf, pauseConnection } from '#lib/server/channels/connections/connections.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor) => {
	const offices = await connectionsOf(actor);
	return {
		offices: offices.map(({ unit, connections }) => ({
			...{ code: unit.code, name: unit.name, zone: unit.timeZone, open: unit.state === 'open' },
			connections
		}))
	};
});

const pausing = (paused: boolean) =>
	formAction(async (actor, { data }) => {
		await pauseConnection(actor, String(data.id), paused);
		return '/admin/channels?saved';
	});

export const actions = { pause: pausing(true), resume: pausing(false) };
