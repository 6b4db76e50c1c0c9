import { eq } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { HOUR_MS } from '#lib/calendar/durations.ts';
import { makeActor } from '#lib/dev/testing/factories.ts';
import { makeConnection, receive } from '#lib/dev/testing/channels/incoming.ts';
import { useMailServer } from '#lib/dev/testing/channels/mail.ts';
import { act, rowsOfCase } from '#lib/dev/testing/office.ts';
import { reporterMailsOf, writeReporterMails } from '#lib/dev/testing/reporters.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { renewReceipt } from '#lib/server/cases/conversation/contact.ts';
import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { splitCase } from '#lib/server/cases/handling/split.ts';
import { verifyCase } from '#lib/server/cases/handling/verify.ts';
import { setMailStopped } from '#lib/server/cases/mail-preference.ts';
import { openFromConversation } from '#lib/server/channels/incoming/open-from-conversation.ts';
import { ago } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { conversations, outgoingMessages } from '#lib/server/db/schema/channels.ts';
import { consentsOfCase } from '#lib/server/people/consents.ts';
import { decideRequest } from '#lib/server/privacy/requests/decide.ts';
import { requestByReporter } from '#lib/server/privacy/requests/receive.ts';
import { requestsAbout } from '#lib/server/privacy/requests/register.ts';

const office = useOffice();
useMailServer();

/** Opens a report from a chat. Then its deadline, its code and a request change, and a part is split off. */
async function reportWithNews() {
	const phone = await makeConnection(office.unit, { channel: 'whatsapp', address: crypto.randomUUID() });
	const { conversationId } = await receive(phone, '6281234567890', 'Antrean di loket tidak bergerak satu jam.');
	// Each its own, because an address gets only a few confirmations.
	const email = `${crypto.randomUUID()}@warga.example`;
	const reporter = { name: 'Sari Contoh', email, phone: '081234567890' };
	const { reference, id: caseId } = await openFromConversation(conversationId, { reporter }, office.handler);
	const oversight = { category: 'cost', class: 'oversight', reason: 'Ada tanda kerugian.' };
	await act(verifyCase, office.supervisor, reference, oversight);
	await renewReceipt(office.handler, reference, { reason: 'Menunjukkan KTP di loket.' });
	await requestByReporter(caseId, { submission_id: crypto.randomUUID(), kind: 'access' });
	const [request] = await requestsAbout({ caseId });
	const admin = await makeActor([[office.unit.id, 'admin']]);
	await decideRequest(admin, request?.id ?? '', { decision: 'grant', version: 1 });
	const matter = { kind: 'suggestion', body: 'Tambah kursi di ruang tunggu.', submission_id: crypto.randomUUID() };
	return { reference, caseId, part: await act(splitCase, office.handler, reference, matter) };
}

const changeChat = (caseId: number, changes: Partial<typeof conversations.$inferInsert>) =>
	db().update(conversations).set(changes).where(eq(conversations.caseId, caseId));

/** The messages in the chat about a report, after its jobs ran twice. */
async function writtenInChat(reference: string) {
	for (const _ of [1, 2]) await writeReporterMails(reference);
	return (await rowsOfCase(outgoingMessages, reference)).map(({ content }) => String(content.text));
}

const subjectsOf = async (reference: string) => (await reporterMailsOf(reference)).map(({ subject }) => subject);

it('a chat brings the changed deadline, the renewed code, the decided request and the split once, and no e-mail does', async () => {
	const { reference, part } = await reportWithNews();
	expect(await writtenInChat(reference)).toEqual([
		expect.stringContaining('sudah kami terima'),
		expect.stringContaining('batas waktu'),
		expect.stringContaining('Kode rahasia laporan Anda diganti'),
		expect.stringContaining('Permintaan Anda tentang data pribadi pada laporan ini sudah diputuskan')
	]);
	expect(await writtenInChat(part)).toEqual([expect.stringContaining('laporan tersendiri')]);
	expect(await subjectsOf(reference)).toEqual([expect.stringContaining('kami terima')]);
	expect(await subjectsOf(part)).toEqual([]);
});

it.each([
	['is locked', { draft: { locked: true } }],
	['has been silent for a day', { lastAt: ago(25 * HOUR_MS) }]
])('an e-mail brings the same news alone if the chat %s', async (_, changes) => {
	const { reference, caseId, part } = await reportWithNews();
	await changeChat(caseId, changes);
	expect(await writtenInChat(reference)).toEqual([expect.stringContaining('sudah kami terima')]);
	expect(await writtenInChat(part)).toEqual([]);
	expect(await subjectsOf(reference)).toHaveLength(4);
	expect(await subjectsOf(part)).toHaveLength(1);
});

it('the renewed code of a split report is said once', async () => {
	const { reference, part } = await reportWithNews();
	await writtenInChat(part);
	await renewReceipt(office.handler, part, { reason: 'Menunjukkan KTP di loket.' });
	expect(await writtenInChat(part)).toEqual([
		expect.stringContaining('laporan tersendiri'),
		expect.stringContaining('Kode rahasia laporan Anda diganti')
	]);
	expect((await writtenInChat(reference)).filter((text) => text.includes('Kode rahasia laporan'))).toHaveLength(1);
});

it('a chat that is locked gets the news of a reporter who wants no e-mails', async () => {
	const { reference, caseId } = await reportWithNews();
	await changeChat(caseId, { draft: { locked: true } });
	await transaction((tx) => setMailStopped(tx, caseId, true));
	expect(await writtenInChat(reference)).toHaveLength(4);
	expect(await subjectsOf(reference)).toEqual([]);
});

it('withdrawn consents end the news in the chat, also of a part, and leave the answer and questions of the office', async () => {
	const { reference, caseId } = await reportWithNews();
	const before = await writtenInChat(reference);
	await requestByReporter(caseId, { submission_id: crypto.randomUUID(), kind: 'consent' });
	const request = (await requestsAbout({ caseId })).find(({ kind }) => kind === 'consent');
	const admin = await makeActor([[office.unit.id, 'admin']]);
	await decideRequest(admin, request?.id ?? '', { decision: 'grant', version: 1 });
	await renewReceipt(office.handler, reference, { reason: 'Menunjukkan KTP di loket.' });
	await act(writeMessage, office.handler, reference, { body: 'Kami sudah memeriksa loketnya.', public: true });
	expect((await writtenInChat(reference)).slice(before.length)).toEqual([
		expect.stringContaining('Kami sudah memeriksa loketnya.')
	]);
	const matter = { kind: 'complaint', body: 'Lampu di parkiran mati.', submission_id: crypto.randomUUID() };
	expect(await writtenInChat(await act(splitCase, office.handler, reference, matter))).toEqual([]);
	const withdrawn = (await consentsOfCase(caseId)).filter(({ given }) => !given).map(({ kind }) => kind);
	expect(withdrawn.sort()).toEqual(['reporter_chat', 'reporter_mail']);
});
