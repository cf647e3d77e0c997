public class Main { public static void main(String[] a) { String s = "x".repeat(100000); while (true) System.out.println(s); } }
