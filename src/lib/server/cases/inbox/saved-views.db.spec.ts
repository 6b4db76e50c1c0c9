import { expect, test } from 'vitest';
import { makeCase, makeOfficerWithAccount } from '#lib/dev/testing/factories.ts';
import { copyCases } from '#lib/dev/testing/forwarding/many-forwards.ts';
import { caseIn, readCase } from '#lib/dev/testing/office.ts';
import { systemActor } from '#lib/server/people/actor.ts';
import { countViews } from './counts.ts';
import { deleteView, moveView, renameView, savedViewsOf, saveView } from './saved-views.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();

const names = async () => (await savedViewsOf(office.handler)).map((view) => view.name);
const save = (name: string, query = '') => saveView(office.handler, { name, query });

test('a view stores the filter without the cursor and unknown parameters', async () => {
	const { choice } = await save(' Saran loket ', 'kind=suggestion&q=loket&after=x~1&nonsense=1&status=received,closed');
	expect(choice).toMatchObject({ kind: 'suggestion', q: 'loket', status: ['received', 'closed'] });
	expect(await savedViewsOf(office.handler)).toMatchObject([{ name: 'Saran loket', choice }]);
	expect(await savedViewsOf(office.supervisor)).toEqual([]);
});

test('views are listed in the order that their owner sets', async () => {
	const [one, two, three] = [await save('Satu'), await save('Dua'), await save('Tiga')];
	await moveView(office.handler, three.id, 'up');
	expect(await names()).toEqual(['Satu', 'Tiga', 'Dua']);
	await moveView(office.handler, one.id, 'up');
	await moveView(office.handler, one.id, 'down');
	expect(await names()).toEqual(['Tiga', 'Satu', 'Dua']);
	await renameView(office.handler, two.id, { name: 'Kedua' });
	await deleteView(office.handler, three.id);
	expect(await names()).toEqual(['Satu', 'Kedua']);
});

test('names are unique and at most 60 characters, and a person has at most twenty views', async () => {
	await save('Antrean');
	await expect(save('antrean')).rejects.toMatchObject({ issues: [{ path: 'name', code: 'view_taken' }] });
	for (const name of ['', '  ', 'x'.repeat(61)]) {
		await expect(save(name)).rejects.toMatchObject({ issues: [{ path: 'name', code: 'view_name' }] });
	}
	for (let n = 2; n <= 20; n++) await save(`Tampilan ${n}`);
	await expect(save('Satu lagi')).rejects.toMatchObject({ issues: [{ code: 'view_many' }] });
	await deleteView(office.handler, (await savedViewsOf(office.handler))[0]?.id ?? '');
	await save('Satu lagi');
	expect(await names()).toHaveLength(20);
});

test('gives NotFound for another person’s view, and API tokens have no views', async () => {
	const { id } = await save('Milik saya');
	for (const step of [
		() => deleteView(office.supervisor, id),
		() => renameView(office.supervisor, id, { name: 'Milikku' }),
		() => moveView(office.supervisor, id, 'up'),
		() => deleteView(office.handler, 'nonsense')
	])
		await expect(step()).rejects.toMatchObject({ name: 'NotFound' });
	const program = await systemActor(['cases:read']);
	expect(await savedViewsOf(program)).toEqual([]);
	await expect(saveView(program, { name: 'x' })).rejects.toMatchObject({ name: 'NotAllowed', code: 'person' });
	expect(await names()).toEqual(['Milik saya']);
});

test('counts the cases of each view up to 99, without cases that its owner may not see', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id);
	await makeCase(office.unit, { officer: officer.id, body: 'Petugas di loket zamrud tidak ramah.' });
	const many = await makeCase(office.unit, { kind: 'suggestion', body: 'Tambah kursi di loket zamrud.' });
	await caseIn(office, 'closed', { kind: 'suggestion', body: 'Sudah baik di loket zamrud.' });
	const queries = ['q=zamrud', 'kind=complaint', 'status=closed', `q=${many.reference}`, 'q=!!', ''];
	for (const [n, query] of queries.entries()) await saveView(named, { name: `${n}`, query });
	const counts = async () =>
		(await countViews(named, await savedViewsOf(named))).map(({ count, more }) => (more ? `${count}+` : count));
	expect(await counts()).toEqual([2, 0, 1, 1, 0, 1]);
	await copyCases((await readCase(many.reference)).id, 120);
	expect(await counts()).toEqual(['99+', 0, 1, 1, 0, '99+']);
});
