import { describe, expect, it } from 'vitest';
import { compactReference, findOurReferences, forwardReference, referenceTag } from '../forward/lapor-reference.ts';
import { isFinalAtLapor, LAPOR_STATUS_NAMES, laporStatus } from './lapor-status.ts';

describe('status names', () => {
	it.each([
		['Belum Terverifikasi', 'unverified', false],
		['Terverifikasi', 'verified', false],
		['Dalam Proses', 'in_process', false],
		['Ditunda', 'postponed', false],
		['Selesai', 'finished', true],
		['Diarsipkan', 'archived', true],
		['Ditolak', 'refused', true],
		['  dalam   PROSES ', 'in_process', false]
	] as const)('%s means %s, final: %s', (name, meaning, final) => {
		expect(laporStatus(name)).toBe(meaning);
		expect(isFinalAtLapor(meaning)).toBe(final);
	});

	it('knows every name it offers and guesses at no other', () => {
		expect(LAPOR_STATUS_NAMES.map(laporStatus)).not.toContain(undefined);
		for (const name of ['Menunggu', 'Selesai Sebagian', '', 'constructor']) expect(laporStatus(name)).toBeUndefined();
	});
});

describe('references', () => {
	it('are written with the number of the forward, and as a tag', () => {
		expect(forwardReference('SPATULA-7604-26-000123', 1)).toBe('SPATULA-7604-26-000123.01');
		expect(referenceTag('SPATULA-7604-26-000123.01')).toBe('#SPATULA76042600012301');
		expect(compactReference('spatula-7604-26-000123.01')).toBe('SPATULA76042600012301');
	});

	it.each([
		[
			'Sesuai SPATULA-7604-26-000123.01 dan spatula-7600-27-000001.',
			['SPATULA-7604-26-000123', 'SPATULA-7600-27-000001']
		],
		['tanda #SPATULA76042600012301', ['SPATULA-7604-26-000123']],
		['SPATULA-7604-26-000123.01 #SPATULA76042600012301', ['SPATULA-7604-26-000123']],
		['#SPATULA760426123456701', ['SPATULA-7604-26-1234567']],
		['tanpa nomor apa pun 1916449', []]
	])('are found in %s', (text, wanted) => {
		expect(findOurReferences(text)).toEqual(wanted);
	});
});
