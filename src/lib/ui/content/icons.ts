/** SVG paths of line icons, 24 by 24, on the office page and on printed sheets. */
export const ICONS = {
	star: 'M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9L3.5 9.7l5.9-.8z',
	idea: 'M9 18h6M10 21h4M12 3a6 6 0 0 0-3.6 10.8c.6.5 1 1.2 1.1 2h5c.1-.8.5-1.5 1.1-2A6 6 0 0 0 12 3z',
	voice: 'M4 5h16v11h-8l-5 4v-4H4zM12 8v3M12 13.2v.1',
	track: 'M10.5 4a6.5 6.5 0 1 1 0 13a6.5 6.5 0 0 1 0-13M15.3 15.3L20.5 20.5'
} as const;
