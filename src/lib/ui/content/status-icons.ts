/** SVG paths of icons, 16 by 16. An icon repeats the meaning of a colour, for people who can't tell colours apart. */
export const SHAPES = {
	ring: 'M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 0 1 0-11',
	dots: 'M2.8 7.2a.8.8 0 1 1 0 1.6a.8.8 0 0 1 0-1.6M8 7.2a.8.8 0 1 1 0 1.6a.8.8 0 0 1 0-1.6M13.2 7.2a.8.8 0 1 1 0 1.6a.8.8 0 0 1 0-1.6',
	dot: 'M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 0 1 0-11M8 7.4a.6.6 0 1 1 0 1.2a.6.6 0 0 1 0-1.2',
	turn: 'M13 8a5 5 0 1 1-1.6-3.7M13 2v3h-3',
	pause: 'M5.5 3.5v9M10.5 3.5v9',
	check: 'M2.5 8.5l3.5 3.5l7.5-8',
	arrow: 'M2.5 8h10.5M9 4l4 4l-4 4',
	reply: 'M13.5 12.5V10a3 3 0 0 0-3-3H3M6.5 3.5L3 7l3.5 3.5',
	question: 'M5 5.6a3 3 0 1 1 4.3 2.7C8.4 8.8 8 9.3 8 10.2M8 13v.2',
	bang: 'M8 2.5v7M8 12.9v.2',
	stop: 'M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3zM8 4.5v4.2M8 11.2v.2',
	cross: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
	box: 'M2.5 3h11v3h-11zM3.5 6v7h9V6M6.5 9h3',
	info: 'M8 3v.2M8 7v6',
	lock: 'M3.5 7h9v6.5h-9zM5.5 7V5a2.5 2.5 0 0 1 5 0v2',
	clock: 'M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 0 1 0-11M8 5v3.2l2 1.3',
	speech: 'M2.5 3h11v8H7l-3 2.5V11H2.5z',
	person: 'M8 2.5a2.6 2.6 0 1 1 0 5.2a2.6 2.6 0 0 1 0-5.2M3 13.5a5 5 0 0 1 10 0',
	eye: 'M1.5 8s2.5-4.5 6.5-4.5S14.5 8 14.5 8S12 12.5 8 12.5S1.5 8 1.5 8M8 6.5a1.5 1.5 0 1 1 0 3a1.5 1.5 0 0 1 0-3',
	star: 'M8 1.8l1.9 4 4.3.6-3.1 3 .7 4.3L8 11.6l-3.8 2.1.7-4.3-3.1-3 4.3-.6z'
} as const;
export type Shape = keyof typeof SHAPES;

/** Level of urgency. `danger` is only for overdue items and actions that can't be undone. */
export type Tone = 'neutral' | 'info' | 'warn' | 'danger' | 'good';
/** A tone and the icon with the same meaning. */
export interface Look {
	tone: Tone;
	shape: Shape;
}
