/** Style sheets are bundled beside the script of the same name; importing one gives nothing. */
declare module '*.css';
