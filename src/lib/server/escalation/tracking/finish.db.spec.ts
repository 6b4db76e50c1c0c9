import { expect, it } from 'vitest';
import { pollOrLookUp } from './poll.ts';
import { mapStatusName } from './status-names.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makeActor } from '#lib/dev/testing/factories.ts';
import { nextSecond, sentReport, standing, useLapor } from '#lib/dev/testing/lapor.ts';

useFreshDatabase();
const lapor = useLapor();

const isTask = { row: { status: 'in_progress' }, escalation: { laporStatus: 'Selesai', task: 'finished' } };

it('a text without a status from before Selesai is not the answer, so Selesai is a task', async () => {
	const { id, addFollowup, move } = await sentReport(lapor);
	await addFollowup('Laporan kami teruskan kepada BPS.');
	await pollOrLookUp(id);
	await nextSecond();
	await move('Selesai', 'Status diubah menjadi Selesai oleh sistem');
	await pollOrLookUp(id);
	expect(await standing(id)).toMatchObject(isTask);
});

it('a text without a status that comes with Selesai is the answer', async () => {
	const { id, addFollowup, move } = await sentReport(lapor);
	await addFollowup('Loket sudah ditambah.');
	await move('Selesai');
	await pollOrLookUp(id);
	expect(await standing(id)).toMatchObject({ row: { status: 'answered' }, escalation: { task: null } });
});

it('a text that came with a name without a meaning is the answer once the name means Selesai', async () => {
	const { id, office, addFollowup, move } = await sentReport(lapor);
	const admin = await makeActor([[office.unit.id, 'admin']]);
	await addFollowup('Laporan kami teruskan kepada BPS.');
	await pollOrLookUp(id);
	await addFollowup('Loket sudah ditambah.');
	await move('Tuntas');
	await pollOrLookUp(id);
	await mapStatusName(admin, 'Tuntas', 'finished');
	const { row, entries } = await standing(id);
	expect(row.status).toBe('answered');
	expect(entries.filter(({ type }) => type === 'answered')).toHaveLength(1);
});
