import { expect, test } from 'vitest';
import { isAbout, officersIn, reporterDataIn } from './find-officer-names.ts';

const REFERENCE = 'SPATULA-7604-26-000123';
const reporter = { name: 'Andi Eko Contoh', email: 'andi@contoh.id', phone: '+6281234567890' };

const head = { id: 'head', name: 'Dr. Rahmat Sulaiman, M.Si.', nicknames: ['Pak Leman'] };

test.each([
	['Rahmat Sulaiman meminta uang.', true, true],
	['Dr. Rahmat Sulaiman meminta uang.', true, true],
	['Kata pak leman, tunggu saja.', true, true],
	['Saya Rahmat dari Mamuju.', false, true],
	['Yth. Kepala BPS Kabupaten Mamuju, Bapak Dr. Rahmat Sulaiman, M.Si. Antrean di loket dua lama.', false, true],
	['Kepada\nYth. Bapak Rahmat Sulaiman\ndi tempat\nAntrean lama.', false, true],
	['Bapak Rahmat Sulaiman, M.Si.\nAntrean lama.', false, true],
	['Kepada Rahmat Sulaiman di tempat', false, true],
	['Dear Pak Leman, antrean lama.', false, true],
	['yth bapak rahmat sulaiman, antrean lama.', false, true],
	['Pak Leman,\nkata pak leman, tunggu saja.', true, true],
	['Yth. Bapak Rahmat Sulaiman,\nRahmat Sulaiman meminta uang.', true, true],
	['Bapak Rahmat Sulaiman meminta uang.', true, true],
	['Bapak Rahmat Sulaiman, M.Si. meminta uang.', true, true],
	['Kepada Rahmat Sulaiman saya membayar.', true, true],
	['Yth. Ombudsman, saya melaporkan Rahmat Sulaiman, kepala kantor.', true, true],
	['Yth. Bapak Rahmat\nSulaiman', true, true],
	['Mesin antrean mati.', false, false]
])('%s', (text, whole, proposed) => {
	expect([isAbout(text, head), officersIn(text, [head]).length > 0]).toEqual([whole, proposed]);
});

test.each([
	['Bagaimana urutan layanan di loket dua pada Senin pagi?', undefined],
	['Tentang laporan SPATULA-7604-26-000123: apa yang terjadi?', REFERENCE],
	['Tentang laporan 000123: apa yang terjadi?', REFERENCE],
	['Apakah ANDI@contoh.id menghubungi Anda?', 'andi@contoh.id'],
	['Apakah nomor 0812-3456-7890 Anda kenal?', '+6281234567890'],
	['Apa yang Anda katakan kepada Bapak Contoh?', 'contoh'],
	['Apakah Anda melayani Pak Eko pada hari Senin?', 'eko'],
	['Apakah Anda tahu istilah eko di loket dua?', undefined],
	['Lihat juga SPATULA-7604-26-004812: apa yang terjadi?', 'SPATULA-7604-26-004812'],
	['Apakah Anda melayani dengan contohan?', undefined]
])('%s', (text, found) => {
	expect(reporterDataIn(text, REFERENCE, reporter)).toBe(found);
});

test('without the reporter’s data only the report number is found', () => {
	expect(reporterDataIn('Apa yang Anda katakan kepada Bapak Contoh?', REFERENCE, null)).toBeUndefined();
});
