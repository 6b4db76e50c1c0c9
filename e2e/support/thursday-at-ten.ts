/** Loaded into a site before it starts: its clock starts on a Thursday at 10:00 in Makassar, which is a working day. */
const RealDate = Date;
const shift = RealDate.parse('2026-11-26T10:00:00+08:00') - RealDate.now();
const present = () => RealDate.now() + shift;
globalThis.Date = new Proxy(RealDate, {
	construct: (target, given, newTarget) =>
		Reflect.construct(target, given.length > 0 ? given : [present()], newTarget) as Date,
	get: (target, name) => (name === 'now' ? present : (Reflect.get(target, name) as unknown))
});
