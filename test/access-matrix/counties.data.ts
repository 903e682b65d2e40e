/** Counties with a point inside; three states, so that "of that state" and "of another" both occur. */
export const COUNTIES = [
  { countyFips: '06073', latitude: 32.7157, longitude: -117.1611 },
  { countyFips: '06065', latitude: 33.71, longitude: -116.21 },
  { countyFips: '06067', latitude: 38.5816, longitude: -121.4944 },
  { countyFips: '53033', latitude: 47.6062, longitude: -122.1 },
  { countyFips: '53053', latitude: 47.1, longitude: -122.3 },
  { countyFips: '48141', latitude: 31.7619, longitude: -106.3 },
  { countyFips: '48201', latitude: 29.7604, longitude: -95.3698 },
] as const;
