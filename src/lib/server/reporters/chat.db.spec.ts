import { expect, it } from 'vitest';
import { makeActor } from '#lib/dev/testing/factories.ts';
import { makeConnection, receive } from '#lib/dev/testing/channels/incoming.ts';
import { useMailServer } from '#lib/dev/testing/channels/mail.ts';
import { act, rowsOfCase } from '#lib/dev/testing/office.ts';
import { reporterMailsOf, writeReporterMails } from '#lib/dev/testing/reporters.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { renewReceipt } from '#lib/server/cases/conversation/contact.ts';
import { splitCase } from '#lib/server/cases/handling/split.ts';
import { verifyCase } from '#lib/server/cases/handling/verify.ts';
import { openFromConversation } from '#lib/server/channels/incoming/open-from-conversation.ts';
import { outgoingMessages } from '#lib/server/db/schema/channels.ts';
import { decideRequest } from '#lib/server/privacy/requests/decide.ts';
import { requestByReporter } from '#lib/server/privacy/requests/receive.ts';
import { requestsAbout } from '#lib/server/privacy/requests/register.ts';

const office = useOffice();
useMailServer();

it('a chat brings the changed deadline, the renewed code, the decided request and the split once, and no e-mail does', async () => {
	const phone = await makeConnection(office.unit, { channel: 'whatsapp' });
	const { conversationId } = await receive(phone, '6281234567890', 'Antrean di loket tidak bergerak satu jam.');
	const reporter = { name: 'Sari Contoh', email: 'sari@warga.example', phone: '081234567890' };
	const { reference, caseId } = await openFromConversation(conversationId, { reporter }, office.handler);
	const oversight = { category: 'cost', class: 'oversight', reason: 'Ada tanda kerugian.' };
	await act(verifyCase, office.supervisor, reference, oversight);
	await renewReceipt(office.handler, reference, { reason: 'Menunjukkan KTP di loket.' });
	await requestByReporter(caseId, { submission_id: 'permintaan-0001', kind: 'access' });
	const [request] = await requestsAbout({ caseId });
	const admin = await makeActor([[office.unit.id, 'admin']]);
	await decideRequest(admin, request?.id ?? '', { decision: 'grant', version: 1 });
	const matter = { kind: 'suggestion', body: 'Tambah kursi di ruang tunggu.', submission_id: 'pisah-0004' };
	const part = await act(splitCase, office.handler, reference, matter);
	const told = async (about: string) => {
		for (const _ of [1, 2]) await writeReporterMails(about);
		return (await rowsOfCase(outgoingMessages, about)).map(({ content }) => String(content.text));
	};
	expect(await told(reference)).toEqual([
		expect.stringContaining('sudah kami terima'),
		expect.stringContaining('batas waktu'),
		expect.stringContaining('Kode rahasia laporan Anda diganti'),
		expect.stringContaining('memutuskan permintaan Anda')
	]);
	expect(await told(part)).toEqual([expect.stringContaining('laporan tersendiri')]);
	expect(await reporterMailsOf(reference)).toMatchObject([
		{ subject: expect.stringContaining('kami terima') as string }
	]);
	expect(await reporterMailsOf(part)).toEqual([]);
});
