import { expect, test } from 'vitest';
import { keptFile } from '#lib/dev/testing/channels/incoming.ts';
import { SARI, useMailbox } from '#lib/dev/testing/channels/use-mailbox.ts';
import { addressOf, requestTo } from '#lib/dev/testing/request.ts';
import { makeCase } from '#lib/dev/testing/factories.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { conversationView } from '#lib/server/channels/incoming/view.ts';
import { actions, load } from './+page.server.ts';

const office = useOffice();
const { waitingFrom } = useMailbox(office);

test('the form of a voice note stores its text', async () => {
	const voice = keptFile('audio/ogg');
	const id = await waitingFrom(SARI, '', { files: [voice] });
	const fields = { voice: voice.id, transcript: 'Antreannya lama.' };
	const event = requestTo('/', { actor: office.supervisor, params: { id: String(id) }, fields });
	await expect(actions.transcript(event)).rejects.toMatchObject({ status: 303 });
	const [message] = (await conversationView(office.handler, id)).messages;
	expect(message?.files).toMatchObject([{ playable: true, transcript: 'Antreannya lama.' }]);
});

test('a typed number shows its report before the messages join it', async () => {
	const { reference } = await makeCase(office.unit, { title: 'Kursi patah' });
	const id = String(await waitingFrom(SARI, 'Kursinya masih patah.'));
	const join = (fields: Record<string, string>) =>
		addressOf(actions.join(requestTo('/', { actor: office.handler, params: { id }, fields })));
	const asks = `/desk/messages/${id}?report=${reference}`;
	expect(await join({ number: reference.toLowerCase() })).toBe(`${asks}#join`);
	const shown = await load(requestTo(asks, { actor: office.handler, params: { id } }));
	expect(shown).toMatchObject({ report: { reference, title: 'Kursi patah' }, shown: { state: 'waiting' } });
	expect(await join({ number: reference, seen: reference })).toContain(`/desk/cases/${reference}`);
	expect(await conversationView(office.handler, Number(id))).toMatchObject({ state: 'case', reference });
});
