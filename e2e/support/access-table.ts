/**
 * Who may open and send to every route of the site. A route that stands in `src/routes` and not here fails the test,
 * and so does one that stands here and is gone.
 */
export const PERSONS = {
	stranger: null,
	handler: 'pengelola.mamuju',
	/** Works at another office. */
	foreign: 'pengelola.majene',
	/** A handler of the office whom the case names. */
	named: 'pengelola2.mamuju',
	supervisor: 'kepala.sulbar',
	manager: 'pemantau.mamuju',
	/** Administrator above the things the addresses speak of. */
	admin: 'admin.sulbar',
	/** Administrator of another office than theirs. */
	foreignAdmin: 'admin.mamuju',
	officer: 'petugas1.mamuju'
} as const;
export type Person = keyof typeof PERSONS;

/** The address of a route, its `{name}`s replaced by things. */
export const addressOf = (route: string, known: Record<string, string>): string =>
	(ROUTES[route]?.at ?? `/${route}`).replace(/\{(\w+)\}/g, (_, name: string) => known[name] ?? 'missing');

const everyone = Object.keys(PERSONS) as Person[];
const signedIn = everyone.filter((person) => person !== 'stranger');
const desk: Person[] = ['handler', 'foreign', 'named', 'supervisor'];
const ofCase: Person[] = ['handler', 'supervisor'];
const managers: Person[] = ['manager'];
const reporters: Person[] = [...managers, 'supervisor'];
const admins: Person[] = ['admin', 'foreignAdmin'];
const rootAdmin: Person[] = ['admin'];
const keepers: Person[] = [...admins, 'supervisor'];

export interface Access {
	may: Person[];
	/** The address where it is not the route's own: `{name}` stands for a thing of the demo. */
	at?: string;
}

const open = (at?: string): Access => ({ may: everyone, at });
const only = (may: Person[], at?: string): Access => ({ may, at });
/** Several routes alike, their names in one text. */
const each = (names: string, access: (name: string) => [string, Access]) =>
	Object.fromEntries(names.split(/\s+/).map(access));

export const ROUTES: Record<string, Access> = {
	'': open('/'),
	'[unit]': open('/mamuju'),
	...each('layanan nilai nilai/terima-kasih pengaduan permintaan saran', (name) => [
		`[unit]/${name}`,
		open(`/mamuju/${name}`)
	]),
	// Where an office runs the satisfaction survey.
	...each('skm skm/hasil skm/terima-kasih', (name) => [`[unit]/${name}`, open(`/mamuju/${name}`)]),
	// Where an office shows its figures: this one does.
	'[unit]/angka': open('/mamuju-tengah/angka'),
	'q/[code]': open('/q/MMJKTK'),
	// Pages that a secret opens: none of these persons has one.
	'nilai/[token]': only([], '/nilai/tidak-ada'),
	'kiosk/[token]': only([], '/kiosk/tidak-ada'),
	'sandi/[token]': only([], '/sandi/tidak-ada'),
	'surel/[token]': only([], '/surel/tidak-ada'),
	...each('kiosk kiosk/keluar kiosk/key kiosk/state', (name) => [name, only([])]),
	// Open to all callers: each rating needs its device's signature, and these send none.
	'kiosk/ratings': open(),
	'lacak/laporan': only([]),
	// Leads on to the page of the report, which asks for the code.
	'lacak/laporan/bagian': open(),
	...each('pesan penilaian sanggahan', (name) => [`lacak/laporan/${name}`, only([])]),
	'lacak/laporan/surat/[id]': only([], '/lacak/laporan/surat/{file}'),
	'terima/bukti': only([]),
	terima: open(),
	lacak: open(),
	'lacak/keluar': open(),
	privasi: open(),
	'berkas/[id]': only(ofCase, '/berkas/{file}'),
	'berkas/petugas/[id]': only([], '/berkas/petugas/{officer}'),
	login: open(),
	logout: open(),
	'lupakan.css': open(),
	healthz: open(),
	readyz: open(),
	// On loopback, where the journeys run; elsewhere with METRICS_TOKEN only.
	metrics: open(),
	me: only(signedIn),
	// Everybody's own; who may decide what stands in `people/access/changes.db.spec.ts`.
	'me/access': only(signedIn),
	...each('desk desk/approvals desk/new desk/new/cetak desk/escalations', (name) => [name, only(desk)]),
	'desk/live': only(desk),
	// Shows of what was picked only what may be seen: here nothing was.
	'desk/bulk': only(desk, '/desk/bulk?verb=archive&pick={reference}:1'),
	'desk/visits': only(desk),
	'desk/views': only(desk),
	'desk/exports': only(desk),
	'desk/exports/file': only(desk, '/desk/exports/file?format=csv'),
	// Its owner's alone: these have asked for none.
	'desk/exports/[id]': only([], '/desk/exports/{visit}'),
	// Whose lists they are is decided by each list; a file may be empty.
	...each('excel approvals/excel escalations/excel unrecorded/excel inbound/excel visits/excel', (list) => [
		`desk/${list}`,
		only(desk)
	]),
	...each('desk/visits/[id] desk/visits/[id]/slip', (name) => [
		name,
		only(['handler', 'named', 'supervisor'], `/${name.replace('[id]', '{visit}')}`)
	]),
	// LAPOR's public list of agencies, for people who forward.
	'desk/institutions': only(desk),
	...each('desk/inbound desk/inbound/new desk/inbound/table desk/inbound/table/csv', (name) => [name, only(desk)]),
	'desk/inbound/[id]': only(ofCase, '/desk/inbound/{inbound}'),
	'desk/register': only(desk),
	'desk/register/excel': only(['handler', 'named', 'supervisor'], '/desk/register/excel?unit=mamuju&year=2026'),
	'desk/roster': only(desk),
	// Another office's desk: who works there reads its roster, and who stands above it.
	'desk/roster/[id]': only(['foreign', 'supervisor'], '/desk/roster/{desk}'),
	'desk/unrecorded': only(desk),
	'desk/unrecorded/next': only(desk),
	'desk/digest': only(desk),
	// Everybody's own; a single one is its person's alone, which `notices.e2e.ts` shows.
	'desk/notices': only(signedIn),
	'desk/notices/[id]': only([], '/desk/notices/00000000-0000-4000-8000-000000000000'),
	'desk/escalations/[id]': only(ofCase, '/desk/escalations/{escalation}'),
	'desk/cases/[reference]/berkas': only(ofCase, '/desk/cases/{reference}/berkas'),
	'desk/cases/[reference]': only(ofCase, '/desk/cases/{reference}'),
	...each(
		`answer approval archive assignment clarification classification contact direct escalation link
		main-answer messages objection officers presence question receipt reopen reporter-answer reveal sealed
		split unit unlink verification`,
		(name) => [`desk/cases/[reference]/${name}`, only(ofCase, `/desk/cases/{reference}/${name}`)]
	),
	// Of a restricted report only, and by POST: this one is none.
	'desk/cases/[reference]/sealed/pdf': only([], '/desk/cases/{reference}/sealed/pdf'),
	// An officer's own questions: these have been asked nothing.
	'me/questions/[id]': only([], '/me/questions/{visit}'),
	'desk/cases/[reference]/letter/[id]': only(ofCase, '/desk/cases/{answered}/letter/{letter}'),
	// Figures of reports are for those who handle them as well.
	'insight/cases': only(['handler', 'named', 'supervisor', 'manager'], '/insight/cases?unit=mamuju'),
	...each('insight insight/ratings', (name) => [name, only(managers, `/${name}?unit=mamuju`)]),
	...each('insight/skm insight/skm/answers insight/skm/publish', (name) => [
		name,
		only(managers, `/${name}?unit=mamuju`)
	]),
	// An office alone is led to its own page.
	'insight/units': only(managers, '/insight/units?unit=mamuju'),
	'insight/units/[unit]': only(managers, '/insight/units/mamuju'),
	'insight/officers/[id]': only(managers, '/insight/officers/{ownOfficer}'),
	'insight/method': only(managers),
	// Supervisors file the reports of their office, managers or not.
	'insight/rekap': only(reporters, '/insight/rekap?unit=mamuju'),
	'insight/rekap/[unit]/[period]': only(reporters, '/insight/rekap/mamuju/2026-01'),
	...each('pdf excel', (file) => [
		`insight/rekap/[unit]/[period]/${file}`,
		only(reporters, `/insight/rekap/mamuju/2026-01/${file}`)
	]),
	'insight/review': only(managers),
	...each(
		`admin admin/calendar admin/deadlines admin/lapor admin/lapor/options admin/log admin/mail
		admin/mail/letters admin/log/csv admin/officers admin/officers/new admin/people admin/people/new
		admin/places admin/places/new admin/routing admin/routing/try admin/services admin/services/new admin/skm
		admin/tokens admin/tokens/new admin/units admin/units/new`,
		(name) => [name, only(admins)]
	),
	'admin/calendar/[year]': only(admins, '/admin/calendar/2026'),
	'admin/calendar/[year]/csv': only(admins, '/admin/calendar/2026/csv'),
	// Every administrator reads the rules; that only those of a root unit change them, the domain's own tests show.
	'admin/deadlines/[key]': only(admins, '/admin/deadlines/{rule}'),
	'admin/health': only(rootAdmin),
	'admin/ratings': only(rootAdmin),
	'admin/lapor/status': only(rootAdmin),
	'admin/backup': only(rootAdmin),
	// None was made that could be taken; who may is the page's rule, which the domain asks again.
	'admin/backup/[id]': only([], '/admin/backup/00000000-0000-4000-8000-000000000000'),
	'admin/lapor/[code]': only(rootAdmin, '/admin/lapor/7601'),
	'admin/lapor/[code]/targets': only(rootAdmin, '/admin/lapor/7601/targets'),
	'admin/officers/[id]': only(rootAdmin, '/admin/officers/{officer}'),
	'admin/officers/[id]/photo': only(rootAdmin, '/admin/officers/{officer}/photo'),
	'admin/people/[id]': only(rootAdmin, '/admin/people/{account}'),
	'admin/places/[id]': only(rootAdmin, '/admin/places/{place}'),
	'admin/places/[id]/sheet/[file]': only(rootAdmin, '/admin/places/{place}/sheet/a4.pdf'),
	'admin/places/[id]/roster': only(rootAdmin, '/admin/places/{desk}/roster'),
	'admin/routing/words': only(rootAdmin),
	'admin/routing/new': only(rootAdmin, '/admin/routing/new?unit=7601'),
	'admin/routing/[id]': only(rootAdmin, '/admin/routing/{routing}'),
	'admin/services/[id]': only(rootAdmin, '/admin/services/{service}'),
	'admin/skm/[code]': only(rootAdmin, '/admin/skm/7601'),
	'admin/units/[code]': only(rootAdmin, '/admin/units/7601'),
	// Supervisors write the texts their offices answer with.
	'admin/templates': only(keepers),
	'admin/templates/new': only(keepers),
	'admin/templates/[id]': only(['admin', 'supervisor'], '/admin/templates/{template}')
};
