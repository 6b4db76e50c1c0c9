import {
	connectionOf,
	connectionsOf,
	isInUse,
	redirectsMessages,
	removeConnection,
	waitingChanges,
	type ConnectionChannel,
	type ConnectionInput,
	type ConnectionRow,
	type SavedConnection
} from '#lib/server/channels/connections/connections.ts';
import { mailboxSettings, checkMailboxForm, saveMailbox, tryMailbox } from '#lib/server/channels/email/mailbox.ts';
import { gatewaySettings, readGateway, saveGateway, smsTexts, tryGateway } from '#lib/server/channels/sms/connect.ts';
import { readNumber, saveNumber, tryNumber } from '#lib/server/channels/whatsapp/connect.ts';
import { NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { mainOrigin } from '#lib/server/web/http/origin.ts';
import { signedIn } from '#lib/server/web/http/page-access.ts';
import { hasOpened } from '#lib/server/people/units/find-unit.ts';
import { formAction, changeThenOpen, withActor } from '#lib/server/web/http/staff-page.ts';

type Verb<Result> = (actor: Actor, code: string, data: unknown) => Promise<Result>;
interface Channel {
	read: Verb<ConnectionInput>;
	save: Verb<SavedConnection>;
	test: Verb<void>;
	settings: (connection: ConnectionRow) => object | Promise<object>;
}
const CHANNELS: Record<ConnectionChannel, Channel> = {
	email: { read: checkMailboxForm, save: saveMailbox, test: tryMailbox, settings: mailboxSettings },
	whatsapp: { read: readNumber, save: saveNumber, test: tryNumber, settings: ({ settings }) => settings },
	sms: { read: readGateway, save: saveGateway, test: tryGateway, settings: gatewaySettings }
};

const SECRETS = ['mailboxPassword', 'token', 'appSecret', 'headers'];

function channelOf(param: string): ConnectionChannel {
	if (!Object.hasOwn(CHANNELS, param)) throw new NotFound(`channel ${param}`);
	return param as ConnectionChannel;
}

export const load = withActor(async (actor, event) => {
	const channel = channelOf(event.params.channel);
	const { unit, connection } = await connectionOf(actor, event.params.code, channel);
	const office = (await connectionsOf(actor)).find((one) => one.unit.id === unit.id);
	const { address, dedicated } = connection ?? {};
	const settings = connection && { ...(await CHANNELS[channel].settings(connection)), address, dedicated };
	return {
		channel,
		office: { name: unit.name, zone: unit.timeZone, opened: hasOpened(unit) },
		settings: settings as Record<string, unknown> | undefined,
		/** Messages of reporters use it, so a change of its address, server or secrets needs a supervisor. */
		used: await isInUse(unit.id, channel),
		waiting: await waitingChanges(actor, unit.id, channel),
		shown: office?.connections.find(({ id }) => id === connection?.id),
		/** Where the channel delivers messages. An SMS gateway is told once it is stored. */
		hook: `${mainOrigin(event)}/api/hooks/${channel === 'sms' ? `sms/${connection?.id}` : channel}`,
		texts: channel === 'sms' ? smsTexts(unit) : []
	};
});

export const actions = {
	save: formAction(
		async (actor, { data }, { params: { channel, code } }) => {
			const saved = await CHANNELS[channelOf(channel)].save(actor, code, data);
			return `/admin/channels/${channel}/${code}?saved${saved === 'waiting' ? '=asked' : ''}`;
		},
		{
			part: 'save',
			secrets: SECRETS,
			confirm: async ({ data }, { locals, params: { channel: param, code } }) => {
				const [actor, channel] = [signedIn(locals), channelOf(param)];
				return redirectsMessages(actor, code, channel, await CHANNELS[channel].read(actor, code, data));
			}
		}
	),
	try: formAction(
		async (actor, { data }, { params: { channel, code } }) => {
			await CHANNELS[channelOf(channel)].test(actor, code, data);
			return `/admin/channels/${channel}/${code}?tried`;
		},
		{ part: 'try', secrets: SECRETS }
	),
	// Its secrets are gone for good, so that messages stop until somebody has them again.
	remove: changeThenOpen((actor, data) => removeConnection(actor, String(data.id)), '/admin/channels?saved', {
		confirm: true
	})
};
