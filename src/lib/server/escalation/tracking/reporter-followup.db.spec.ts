import { eq } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { proposeInOngoingCases } from '#lib/server/cases/officers/find-names.ts';
import { officersOfCase } from '#lib/server/cases/officers/officers-of-case.ts';
import { db } from '#lib/server/db/index.ts';
import { caseOfficers } from '#lib/server/db/schema/cases.ts';
import { makeOfficer } from '#lib/dev/testing/factories.ts';
import { sentReport, useLapor } from '#lib/dev/testing/lapor.ts';
import { pollOrLookUp } from './poll.ts';

const lapor = useLapor();

it('proposes the officers whom a follow-up without an institution names, and no others', async () => {
	const { id, caseId, office, addFollowup } = await sentReport(lapor);
	for (const name of ['Rahmawati Tandipau', 'Hasanuddin Lolo']) await makeOfficer(office.unit.id, name);
	await addFollowup('Ibu Rahmawati meminta uang kepada saya.', { institution_from: null });
	await addFollowup('Sudah kami sampaikan kepada Bapak Hasanuddin.');
	await pollOrLookUp(id);
	const proposed = [{ name: 'Rahmawati Tandipau', state: 'proposed' }];
	expect(await officersOfCase(caseId)).toMatchObject(proposed);
	// The text also counts for officers who are entered later.
	await db().delete(caseOfficers).where(eq(caseOfficers.caseId, caseId));
	await proposeInOngoingCases(office.unit.id);
	expect(await officersOfCase(caseId)).toMatchObject(proposed);
});
