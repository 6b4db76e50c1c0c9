import { expect, test } from 'vitest';
import { caseIn } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { chooseAfterAction } from '#lib/server/people/next-work-choice.ts';
import { pageAfter } from './page-after.ts';

const office = useOffice();

test('after an action the desk opens the next piece of work, the list or the same case, as the person chose', async () => {
	const { reference } = await caseIn(office, 'verified');
	const { reference: other } = await caseIn(office, 'received');
	const after = async (choice: string) => {
		await chooseAfterAction(office.handler, choice);
		return pageAfter(office.handler, reference, 'verified', '/desk');
	};
	expect(await after('list')).toBe(`/desk?done=verified&of=${reference}&left=1`);
	expect(await after('case')).toBe(`/desk/cases/${reference}?done=verified&left=1`);
	expect(await after('unknown')).toBe(`/desk/cases/${reference}?done=verified&left=1`);
	expect(await after('next')).toBe(`/desk/cases/${other}?done=verified&of=${reference}&left=1`);
});
