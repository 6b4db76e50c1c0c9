import { expect, test } from 'vitest';
import { makeActor, makeCase } from '#lib/dev/testing/factories.ts';
import { readCase } from '#lib/dev/testing/office.ts';
import { requestTo } from '#lib/dev/testing/request.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { stopTokenOf } from '#lib/dev/testing/reporters.ts';
import { makeReceiptLink } from '#lib/server/cases/receipt-link.ts';
import { stopOrAllowMails } from '#lib/server/channels/unsubscribe.ts';
import { load } from './+page.server.ts';

const office = useOffice();

const named = (changes: object = {}) =>
	makeCase(office.unit, {
		identity: 'named',
		reporter: { name: 'Andi Contoh', phone: '081234567890', email: `${crypto.randomUUID()}@contoh.id` },
		...changes
	});

test('the link is not offered to an address that stopped its e-mails', async () => {
	const { reference } = await named();
	const shown = async () => load(requestTo('/', { actor: office.handler, params: { reference } }));
	expect(await shown()).toMatchObject({
		phone: '081234567890',
		email: expect.stringContaining('@contoh.id') as string
	});
	await stopOrAllowMails(await stopTokenOf(await readCase(reference)), { wish: 'case' });
	expect(await shown()).toMatchObject({ phone: '081234567890', email: undefined });
});

test('a link says whether it opens a restricted report, which the page does not offer to WhatsApp', async () => {
	const above = await makeActor([[office.root.id, 'supervisor']]);
	const { reference } = await named({ category: 'integrity' });
	expect(await makeReceiptLink(above, reference)).toMatchObject({ restricted: true });
	const open = await named();
	expect(await makeReceiptLink(office.handler, open.reference)).toMatchObject({ restricted: false });
});
