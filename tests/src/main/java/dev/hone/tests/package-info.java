/** What needs several rooms, and the whole loop on a machine without Spark. */
package dev.hone.tests;
