import { expect, test } from 'vitest';
import { archiveCase } from '#lib/server/cases/handling/archive.ts';
import type { inbox } from '#lib/server/cases/inbox/inbox.ts';
import { makeCase } from '#lib/dev/testing/factories.ts';
import { on } from '#lib/dev/testing/office.ts';
import { requestTo } from '#lib/dev/testing/request.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { load } from './+page.server.ts';

type Page = Awaited<ReturnType<typeof inbox>>;

const office = useOffice();

/** The list that a handler sees at an address of the desk. */
async function pageAt(search: string): Promise<Page> {
	const event = requestTo(`/desk${search}`, { actor: office.handler });
	return (await (load as (event: never) => Promise<{ page: Page }>)(event)).page;
}

const referencesOn = ({ items }: Page) => items.map(({ reference }) => reference);

test('after the last report of a later page is settled, its address shows the first page', async () => {
	for (let n = 0; n < 31; n++) await makeCase(office.unit, { kind: 'suggestion' });
	const firstPage = await pageAt('');
	const later = `?${new URLSearchParams({ after: firstPage.nextCursor ?? '' })}`;
	const [last = ''] = referencesOn(await pageAt(later));
	expect(firstPage.items).toHaveLength(30);
	await archiveCase(office.handler, last, await on(last, { reason: 'out_of_scope', note: 'Bukan layanan kami.' }));
	expect(referencesOn(await pageAt(later))).toEqual(referencesOn(firstPage));
});
