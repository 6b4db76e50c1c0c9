import { describe, expect, it } from 'vitest';
import { sentReport, forwardNow, useLapor } from '#lib/dev/testing/lapor.ts';
import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { attemptsOf } from '../call-log.ts';
import { deliver } from '../delivery/deliver.ts';
import { followCaseEvents } from '../followups/followups.ts';
import { pollOrLookUp } from './poll.ts';

const lapor = useLapor();

const reporter = { name: 'Siti Nurhaliza Rahmawati', email: 'siti@example.org', phone: '081234567890' };
const sentWithName = (identity: string) =>
	sentReport(lapor, { consent: true }, { identity, reporter, consent_lapor: true });

const SALUTATION = 'Yth. Ibu Siti Nurhaliza Rahmawati, loket sudah ditambah.';

describe('a name that LAPOR knows', () => {
	it.each([
		['withheld', 'Yth. Ibu •••, loket sudah ditambah.'],
		['named', SALUTATION]
	])('of a %s reporter comes back in the answer as "%s"', async (identity, wanted) => {
		const { id, addFollowup } = await sentWithName(identity);
		await addFollowup(SALUTATION, { status_new: 'Selesai' });
		await pollOrLookUp(id);
		const { entries, row } = await forwardNow(id);
		expect(row.status).toBe('answered');
		expect(entries.find(({ type }) => type === 'escalation_followup')?.data.content).toBe(wanted);
	});

	it('is not in the attempts of a withheld reporter, whatever LAPOR returns', async () => {
		const { id, office } = await sentWithName('withheld');
		const body = JSON.stringify({ data: { nameUser: reporter.name, emailUser: reporter.email, hp: reporter.phone } });
		await lapor.faults([{ kind: 'answer', body, match: { endpoint: 'detail' } }]);
		await pollOrLookUp(id);
		await lapor.faults([{ kind: 'answer', status: 422, body, match: { endpoint: 'followup_add' } }]);
		await writeMessage(office.actor, (await forwardNow(id)).row.reference, {
			body: 'Sedang kami bahas.',
			public: true
		});
		await followCaseEvents((await forwardNow(id)).entries);
		await deliver(id);
		const attempts = await attemptsOf(id);
		expect(attempts.map(({ step }) => step)).toEqual(['followup', 'detail', 'create']);
		expect(attempts.map(({ excerpt }) => excerpt ?? '').join()).toContain('•••');
		expect(JSON.stringify([attempts, (await forwardNow(id)).escalation.taskText])).not.toMatch(/Siti|siti@|4567890/);
	});
});
