import { connectionOf, connectionsOf, removeConnection } from '#lib/server/channels/connections/connections.ts';
import { gatewaySettings, saveGateway, smsTexts, tryGateway } from '#lib/server/channels/sms/connect.ts';
import { mainOrigin } from '#lib/server/web/http/origin.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, event) => {
	const { unit, connection } = await connectionOf(actor, event.params.code, 'sms');
	const office = (await connectionsOf(actor)).find((one) => one.unit.id === unit.id);
	return {
		office: { code: unit.code, name: unit.name, zone: unit.timeZone, open: unit.state === 'open' },
		settings: connection && (await gatewaySettings(connection)),
		shown: office?.connections.find(({ id }) => id === connection?.id),
		hook: connection && `${mainOrigin(event)}/api/hooks/sms/${connection.id}`,
		texts: smsTexts(unit)
	};
});

export const actions = {
	save: formAction(async (actor, { data }, { params }) => {
		await saveGateway(actor, params.code, data);
		return `/admin/channels/sms/${params.code}?saved`;
	}),
	try: formAction(async (actor, { data }, { params }) => {
		await tryGateway(actor, params.code, data);
		return `/admin/channels/sms/${params.code}`;
	}),
	remove: formAction(async (actor, { data }) => {
		await removeConnection(actor, String(data.id));
		return '/admin/channels?saved';
	})
};
