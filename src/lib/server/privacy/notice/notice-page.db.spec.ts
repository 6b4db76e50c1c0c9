import { afterEach, expect, test } from 'vitest';
import { NOTICE_DATE, NOTICE_VERSIONS, type NoticeText } from '#lib/privacy/notice.ts';
import { NotFound } from '#lib/server/errors.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { noticePage } from './notice-page.ts';

const office = useOffice();

const versions = NOTICE_VERSIONS as Map<string, NoticeText>;
afterEach(() => versions.delete('2020-01-02'));

test('an earlier version is listed, is not in force, and is Indonesian where it had no other language', async () => {
	expect(await noticePage(null, null, 'en')).toMatchObject({ date: NOTICE_DATE, isCurrent: true });
	versions.set('2020-01-02', { sections: [{ title: { id: 'Judul' }, sentences: [{ id: 'Kalimat.' }] }] });
	expect(await noticePage(office.unit.slug, '2020-01-02', 'en')).toMatchObject({
		unit: { name: office.unit.name },
		date: '2020-01-02',
		isCurrent: false,
		sections: [{ title: 'Judul', sentences: ['Kalimat.'], lang: 'id' }],
		versions: expect.arrayContaining(['2020-01-02']) as string[],
		responsible: { office: office.unit.name }
	});
	const { responsible } = await noticePage(office.unit.slug, null, 'id');
	// Without the account, because everybody reads the page.
	expect(Object.keys(responsible ?? {})).toEqual(['office', 'name', 'contact']);
	await expect(noticePage(null, '2020-01-01', 'id')).rejects.toThrow(NotFound);
	await expect(noticePage('antah', null, 'id')).rejects.toThrow(NotFound);
});
