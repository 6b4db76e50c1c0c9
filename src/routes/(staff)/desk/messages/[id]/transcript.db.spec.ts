import { expect, test } from 'vitest';
import { keptFile } from '#lib/dev/testing/channels/incoming.ts';
import { SARI, useMailbox } from '#lib/dev/testing/channels/use-mailbox.ts';
import { requestTo } from '#lib/dev/testing/request.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { conversationView } from '#lib/server/channels/incoming/view.ts';
import { actions } from './+page.server.ts';

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
