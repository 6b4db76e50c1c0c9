import { expect, test } from 'vitest';
import { caseForActor, caseForReporter } from '#lib/server/cases/find.ts';
import { conversationView } from '#lib/server/channels/incoming/view.ts';
import { conversations } from '#lib/server/db/schema/channels.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { BODY, newCitizen, reportBy, useWhatsApp, waitingId } from '#lib/dev/testing/channels/whatsapp.ts';
import { makeOfficerWithAccount } from '#lib/dev/testing/factories.ts';
import { bringTo, nameOfficer, rowsOfCase, trackedCase } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { caseCopy, type CopyReader } from './case-copy.ts';

const office = useOffice();
const phone = useWhatsApp(office);

test('an officer whom one of two reports names reads nothing about it in the chat of the other or in its copy', async () => {
	const person = newCitizen(phone);
	const hidden = (await reportBy(person, BODY)).reference;
	const [officer, named] = await makeOfficerWithAccount(office.unit.id);
	await nameOfficer(office.supervisor, hidden, officer);
	await bringTo(office, hidden, 'archived');
	const { reference } = await reportBy(person, 'Tambah kursi tunggu untuk lansia di ruang depan.');
	// A button that is out of date, and the menu, are answered with the statuses of both.
	await person.press('Kirim');
	await person.press('Lacak laporan');

	const [ofCase] = await rowsOfCase(conversations, reference);
	for (const id of [ofCase?.id ?? 0, await waitingId(office.unit)]) {
		const replies = async (actor: Actor) =>
			(await conversationView(actor, id)).replies.map(({ text }) => text).join('\n');
		expect(await replies(office.handler)).toContain(`${hidden}: `);
		expect(await replies(named)).toContain(`${reference}: `);
		expect(await replies(named)).not.toContain(hidden);
	}
	const told = async (reader: CopyReader) => {
		const opened =
			reader === 'reporter'
				? await caseForReporter(await trackedCase(reference))
				: await caseForActor(reader, reference);
		const { reports } = await caseCopy(opened, reader, 'json');
		return reports.flatMap((report) => report.chat_messages.map(({ text }) => text)).join('\n');
	};
	for (const reader of ['reporter', office.handler] as const) expect(await told(reader)).toContain(`${hidden}: `);
	expect(await told(named)).toContain(`${reference}: `);
	expect(await told(named)).not.toContain(hidden);
});
